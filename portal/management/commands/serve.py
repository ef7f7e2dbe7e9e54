"""`manage.py serve`: the whole portal in one command."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.serving import processes, redis_server
from portal.serving.child import Child
from portal.serving.ports import is_taken
from portal.serving.supervisor import Supervisor


class Command(BaseCommand):
    """Start web server, worker and beat, with a Redis of their own unless REDIS_URL names one."""

    help = "Run the portal: web server, worker, beat and, without REDIS_URL, Redis. Ctrl-C stops all."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to listen and how many processes to run."""
        parser.add_argument("--bind", default="127.0.0.1:8000", help="address to listen on")
        parser.add_argument("--web-workers", type=int, default=2, help="web server processes")
        parser.add_argument("--concurrency", type=int, default=2, help="tasks run at the same time")
        parser.add_argument(
            "--without-beat",
            action="store_true",
            help="for every machine but one, where several share one Redis",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until interrupted; raises CommandError when the portal cannot start."""
        try:
            host, port = processes.split_address(options["bind"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        if is_taken(host, port):
            raise CommandError(
                f"{host}:{port} is taken or cannot be used. "
                "Stop what listens there, or choose another address with --bind."
            )
        children: list[Child] = []
        env = {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
        if not settings.REDIS_URL:
            children.append(self.start_redis(env))
        children.append(processes.web(options["bind"], options["web_workers"], env))
        children.append(processes.worker(options["concurrency"], env))
        if not options["without_beat"]:
            children.append(processes.beat(settings.VAR_DIR / "beat", env))
        self.stdout.write(f"The portal is at http://{host}:{port}/ (Ctrl-C stops it)")
        self.stdout.flush()
        Supervisor(children).run()

    def start_redis(self, env: dict[str, str]) -> Child:
        """Start the embedded Redis and tell its address to the processes started after it."""
        redis = redis_server.prepare(settings.VAR_DIR / "redis")
        child = Child("redis", redis.command)
        child.start()
        try:
            redis_server.wait_until_ready(redis.url, child)
        except RuntimeError as error:
            child.kill_group()
            raise CommandError(str(error)) from error
        env["REDIS_URL"] = redis.url
        return child
