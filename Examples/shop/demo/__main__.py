"""A shop of four services in the mesh, told as a story. Exit status 0 only if every step came out as told.

    .venv/bin/python Examples/shop/demo [--keep] [--build .build/debug]
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from screen import Screen, paint
from shop import Shop, text
from stage import ROOT, Stage, Trouble
from story import Story


def main() -> int:
    parser = argparse.ArgumentParser(description="the shop, in the mesh")
    parser.add_argument("--keep", action="store_true", help="leave it running until Ctrl-C")
    parser.add_argument("--build", type=Path, default=ROOT / ".build" / "debug", help="where the executables are")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    screen = Screen()
    stage = Stage(options.build.resolve())
    try:
        print(paint("Nullius: a shop of four services, each behind its own proxy", "1"), flush=True)
        shop = Shop(stage)
        for name, address in shop.inbound.items():
            screen.say(f"{name:9} program {text(shop.programs[name]):16} sidecar {text(address)}")
        Story(screen, shop).tell()
        stage.check_alive()
        status = screen.end()
        if options.keep:
            stay(stage, shop)
        return status
    except Trouble as trouble:
        print(paint(f"\nThe story stopped: {trouble}", "1;31"))
        for child in stage.children:
            print(f"--- {child.name}: {' / '.join(child.output().splitlines()[-5:])}")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        stage.close()


def stay(stage: Stage, shop: Shop) -> None:
    """Says what one can try, and waits."""
    nullius = f"{stage.nullius} %s --data {stage.data}"
    print(
        f"""
The mesh is still running; Ctrl-C ends it. In another terminal:

  as a customer      curl http://{text(shop.inbound["web"])}/orders
  as web             curl -i http://{text(shop.as_web_to_orders)}/orders/1
  as web, denied     curl -i -X DELETE http://{text(shop.as_web_to_orders)}/orders/1
  as nobody          curl -i http://{text(shop.inbound["orders"])}/orders
  why                {nullius % "explain ID"}
  what if            {stage.nullius} can shop/web GET shop/orders:8080/admin -f {stage.manifests}
  who is there       {nullius % "status"}
  change the rules   $EDITOR {stage.manifests / "policies.yaml"}
""",
        flush=True,
    )
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
