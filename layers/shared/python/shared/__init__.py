"""What every service uses.

In Lambda garbage waits for the first invocation (trace.begin): while modules load there is none to
find, and looking for it takes a seventh of a cold start.
"""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
