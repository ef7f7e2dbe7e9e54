"""What decisions about anomalies are called in the log of decisions."""

from django.utils.translation import gettext_lazy as _

from agencies.event_words import declare

ASSIGNED = declare("anomaly.assigned", _("assigned an anomaly"))
EXPLAINED = declare("anomaly.explained", _("explained an anomaly"))
SETTLED = declare("anomaly.settled", _("settled an anomaly"))
DISMISSED = declare("anomaly.dismissed", _("dismissed an anomaly"))
REOPENED = declare("anomaly.reopened", _("opened an anomaly again"))
RULE_CHANGED = declare("anomaly_rule.changed", _("changed a rule for anomalies"))
