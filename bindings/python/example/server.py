"""A prefork server in small: the master opens the client, each worker records with it.

python server.py <journal folder> <https://gateway:port> <write key> [ca file]
"""

from __future__ import annotations

import os
import sys

import penstock


def serve(client: penstock.Client, worker: int) -> None:
    """What a worker does: one request, which is a flow."""
    with client.flow("approve-request"), client.page("approval-screen"):
        client.click(None, "approve-button", details={"worker": worker})
        client.record_approved(
            f"REQ-{worker}",
            details={"previousStatus": "Pending", "currentStatus": "Approved"},
        )
    client.close(timeout=15)


def main() -> None:
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    directory, endpoint, write_key = sys.argv[1:4]
    options: penstock.Options = {"app_name": "python-sample"}
    if len(sys.argv) > 4:
        options["ca_file"] = sys.argv[4]
    with penstock.Client(directory, endpoint, write_key, **options) as client:
        workers = []
        for number in range(2):
            worker = os.fork()
            if worker == 0:
                serve(client, number)
                os._exit(0)
            workers.append(worker)
        for worker in workers:
            os.waitpid(worker, 0)
        client.activity("ServerStopped")
        client.flush()
        print(f"{client.stats().acknowledged} acknowledged by the master")


if __name__ == "__main__":
    main()
