"""The demo's summary, for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def print_summary(summary: Mapping[str, Any], *, seconds: float, folder: Path) -> None:
    """Print what happened, and where to look."""
    print(f"\nOne week in {seconds:.0f} seconds:\n")
    print(f"  members      {summary['members']}")
    for name in ("officers", "contents", "deliveries", "answers"):
        print(f"  {name:12} {_listed(summary[name])}")
    print("  shares       by network and evidence; never added up")
    for network, levels in summary["reshares"].items():
        print(f"    {network:12} {_listed(levels)}")
    clicks = summary["clicks"]
    print(f"  clicks       {clicks['counted']} by people; left out: {_listed(clicks['discarded'])}")
    print(f"  reports      {_listed(summary['reports'])}\n")
    print("Where to look:\n")
    print(f"  the figures              {folder / 'summary.json'}")
    print(f"  the report as a page     {folder / 'report.html'}")
    print(f"  the mails                {folder / 'mail'}\n")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items()) or "none"
