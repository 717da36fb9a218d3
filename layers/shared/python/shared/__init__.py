"""What every service uses: edge, queue, tasks, storage, money, time, keys, calls, logs."""
