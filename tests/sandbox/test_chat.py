"""functions/sandbox/chat.py: the team's chat keeps every post (AR-14)."""

from tests.sandbox.engine import Call

POST = "/chat/v1/posts"
POSTS = "/chat/posts"


def test_posts_are_kept_in_their_order(call: Call) -> None:
    for text in ("z", "a", "z"):
        assert call("POST", POST, {"text": text})[0] == 200

    assert sorted(call("GET", POSTS)[1]["posts"]) == ["a", "z", "z"]


def test_guest_does_not_read_the_teams_posts(call: Call) -> None:
    call("POST", POST, {"text": "ALARM"})

    assert call("GET", "/notify/messages/{user_id}", user_id="u-1")[1]["messages"] == []


def test_empty_post_is_refused(call: Call) -> None:
    assert call("POST", POST, {"text": ""})[0] == 400


def test_chat_fails_when_it_is_told_to(call: Call) -> None:
    call("POST", "/chat/faults", {"fail_next": 1, "status": 503})

    assert call("POST", POST, {"text": "lost"})[0] == 503
    assert call("GET", POSTS)[1]["posts"] == []
