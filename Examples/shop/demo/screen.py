"""How the story looks on a terminal: numbered steps, indented facts, and a mark for what came out as told."""

from __future__ import annotations

import os
import sys

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


class Screen:
    """Prints the steps and remembers what did not come out as the story says."""

    def __init__(self) -> None:
        self.steps = 0
        self.surprises: list[str] = []

    def step(self, title: str) -> None:
        self.steps += 1
        print(f"\n{paint(f'{self.steps}. {title}', '1;36')}", flush=True)

    def say(self, text: str) -> None:
        """One thing that happened, in the program's own words."""
        for line in text.splitlines():
            print(f"   {line}", flush=True)

    def quote(self, text: str) -> None:
        """What another program printed."""
        for line in text.strip().splitlines():
            print(f"   {paint('│', '2')} {line}", flush=True)

    def expect(self, claim: str, holds: bool, seen: object = "") -> bool:
        """Marks a claim; one that does not hold makes the demo fail at its end."""
        if holds:
            print(f"   {paint('✓', '32')} {claim}", flush=True)
        else:
            self.surprises.append(claim)
            print(f"   {paint('✗ ' + claim, '31')}  {seen}", flush=True)
        return holds

    def end(self) -> int:
        if self.surprises:
            print(f"\n{paint('Not as told:', '1;31')}")
            for claim in self.surprises:
                print(f"   - {claim}")
            return 1
        print(f"\n{paint(f'All {self.steps} steps came out as told.', '1;32')}")
        return 0
