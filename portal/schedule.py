"""What happens by itself, and how often, in seconds. Whatever it is, running it twice does no harm."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Scores that a lost message left old are counted again.
    "sweep": {"task": "scoring.tasks.sweep", "schedule": 15},
    # Dossiers turn late and months begin though nobody sends anything.
    "clock": {"task": "scoring.tasks.clock_tick", "schedule": 60},
    # Today's totals and ranks are kept, so that a page can say what changed since last week.
    "snapshots": {"task": "scoring.tasks.daily_snapshots", "schedule": 3600},
    # What looks wrong in the month under way and the one before is searched once a night.
    "anomalies": {"task": "scoring.tasks.find_anomalies", "schedule": 3600},
    # Access that is over is closed in the list of grants; it ended on time without this.
    "grants": {"task": "agencies.tasks.expire_grants", "schedule": 3600},
    # Background jobs whose message or worker was lost are taken up again.
    "jobs": {"task": "agencies.tasks.sweep_jobs", "schedule": 15},
    # Dossiers of a procedure whose deadline changed are derived anew, whatever became of who began it.
    "rederivations": {"task": "procedures.tasks.sweep_rederivations", "schedule": 15},
    # Files people asked for go after a week.
    "expired-jobs": {"task": "agencies.tasks.expire_jobs", "schedule": 3600},
    # Sessions that nobody can use any more are removed, and with them where and with what they were.
    "sessions": {"task": "portal.tasks.remove_expired_sessions", "schedule": 3600},
    # Petitions near their deadline are called to mind, those past it go up to the agency above.
    "petitions": {"task": "feedback.tasks.watch_deadlines", "schedule": 300},
    # Objections near their deadline are called to mind, those past it go on without what was waited for.
    "objections": {"task": "scoring.tasks.watch_objections", "schedule": 3600},
    # Petitions whose sender never answered a question are closed; each on its day, whenever this runs.
    "lapsing": {"task": "feedback.tasks.lapse_petitions", "schedule": 3600},
    # Who has figures to confirm before a period is published is reminded, once before the end and once after.
    "confirmations": {"task": "scoring.tasks.remind_of_confirmations", "schedule": 3600},
    # Who sent a petition, its files, and from where a voice came, are forgotten in time.
    "forgetting": {"task": "feedback.tasks.forget", "schedule": 3600},
    # Tasks of action lists that reached their rate are marked, those near their day called to mind.
    "action-tasks": {"task": "scoring.tasks.watch_action_tasks", "schedule": 3600},
    # On Monday morning in Vietnam administrators are told how their agencies stand; other days it rests.
    "digests": {"task": "portal.tasks.weekly_digests", "schedule": 600},
    # A task that went silent is named in the log.
    "watchdog": {"task": "scoring.tasks.watchdog", "schedule": 60},
}

# After a pause nobody wants the missed turns one by one: a turn not taken by the next one is dropped.
for entry in BEAT_SCHEDULE.values():
    entry["options"] = {"expires": entry["schedule"]}
