"""Pages under the content-security policy that the server sends."""

import pytest

pytestmark = pytest.mark.browser


def test_pages_work_under_the_policy_that_the_server_sends(chromium, serve) -> None:
    context = chromium.new_context(locale="en-GB")
    page, broken = context.new_page(), []
    page.on(
        "console", lambda message: broken.append(message.text) if "Content Security Policy" in message.text else None
    )
    try:
        for path in ("/walkthrough?net=lenet", "/studio", "/saliency"):
            answer = page.goto(serve() + path)
            assert "frame-ancestors" in answer.headers["content-security-policy"]
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
            page.wait_for_selector("h1", timeout=60_000)
    finally:
        context.close()
    assert broken == []
