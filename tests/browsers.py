"""How the tests start Chromium: as the driver does, without what only somebody who sits before it would need."""

from __future__ import annotations

AS_THE_DRIVER = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
"""What the driver turns off. A second list takes the place of the first, so its names stand here again."""
FOR_NOBODY = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "SpareRendererForSitePerProcess",
)
"""For each window: a page of suggestions under the address line, and a process for a tab that may be opened next.
Together half of what it costs to open one."""
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--font-render-hinting=slight",  # letters as the whole browser draws them, which does not know this word
    f"--disable-features={','.join(AS_THE_DRIVER + FOR_NOBODY)}",
]
