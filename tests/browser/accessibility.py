"""What axe finds on a page, looked at until the page stands still."""

from typing import Any

WCAG = ["wcag2a", "wcag2aa"]
STILL = """() => !document.querySelector('[data-stale=true]') && document.getAnimations().every(
    one => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)"""
"""What is drawn anew is faded meanwhile, and colours change by degrees."""
LOOKS = 3
"""At a page with findings: a server under load draws it once more meanwhile, and colours of code come last."""


def serious_findings(page: Any, rules: object = WCAG, **context: object) -> list[tuple[str, str]]:
    """Return what axe calls serious or critical on a page, and calls so again a while later, as (rule, HTML).

    Args:
        page: the tab.
        rules: what is asked, as axe's `runOnly`; None for all that it knows.
        **context: `include` or `exclude` selectors, as axe has them.
    """
    for look in range(LOOKS):
        page.wait_for_timeout(1000 if look else 0)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.wait_for_function(STILL)
        found = _violations(page, rules, context)
        if not found:
            break
    return found


def _violations(page: Any, rules: object, context: dict[str, object]) -> list[tuple[str, str]]:
    from axe_playwright_python.sync_playwright import Axe

    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = Axe().run(page, context or None, options).response["violations"]
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [(rule["id"], node["html"][:160]) for rule in serious for node in rule["nodes"]]
