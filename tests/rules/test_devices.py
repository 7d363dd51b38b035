"""What a browser says of itself, as coarsely as a person would say it."""

import pytest

from hamkori.vocabulary.devices import BROWSERS, SYSTEMS, kind_of, names_of

SAID = {
    "Mozilla/5.0 (Android 13; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0": "firefox_android",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36": (
        "chrome_windows"
    ),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0": (
        "edge_windows"
    ),
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 "
    "Mobile Safari/537.36": "samsung_android",
    "Mozilla/5.0 (Linux; arm_64; Android 12) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 YaBrowser/24.1 Mobile "
    "Safari/537.36": "yandex_android",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 OPR/106.0": (
        "opera_linux"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1": "safari_iphone",
    "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0 Safari/604.1": (
        "chrome_ipad"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0": "firefox_mac",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36": (
        "chrome_chromebook"
    ),
    "curl/8.5.0": "other_other",
    "": "other_other",
}


@pytest.mark.parametrize("said", SAID)
def test_a_browser_is_named_coarsely(said: str) -> None:
    assert kind_of(said) == SAID[said]


def test_nothing_finer_comes_out_whatever_goes_in() -> None:
    known = {f"{one}_{other}" for one in (*BROWSERS, "other") for other in (*SYSTEMS, "other")}
    for said in (*SAID, "Zarina's phone 10.0.0.7", "Android 13; SM-G991B Build/TP1A", "\x00" * 5000):
        assert kind_of(said) in known


def test_a_code_of_somebody_elses_has_no_name() -> None:
    assert names_of("firefox_android") == ("Firefox", "Android")
    assert names_of("<script>_android") == ("", "Android")
    assert names_of("") == names_of("other_other") == ("", "")
