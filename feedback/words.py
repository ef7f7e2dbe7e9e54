"""What this app's decisions are called in the log of decisions."""

from django.utils.translation import gettext_lazy as _

from agencies.event_words import declare

VOICES_RELEASED = declare("voice.released", _("released a voice held for review"))
VOICES_REJECTED = declare("voice.rejected", _("rejected a voice held for review"))
COMMENT_SHOWN = declare("rating.comment_shown", _("let the comment of a rating be shown"))
COMMENT_KEPT_BACK = declare("rating.comment_kept_back", _("kept the comment of a rating back"))
PETITION_TRANSFERRED = declare("petition.transferred", _("transferred a petition"))
PETITION_REFUSED = declare("petition.refused", _("refused a petition"))
PETITION_ANSWERED = declare("petition.answered", _("answered a petition"))
PETITION_PUBLISHED = declare("petition.published", _("published the answer to a petition"))
PETITION_CLOSED = declare("petition.closed", _("closed a petition without publishing its answer"))
RATING_LINK_MADE = declare("rating.link_made", _("made the rating link of a dossier"))
CONTACT_READ = declare("petition.contact_read", _("looked at the contact of a petition's sender"))
