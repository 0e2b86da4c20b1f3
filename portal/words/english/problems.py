"""English of what can go wrong."""

from __future__ import annotations

PROBLEMS: dict[str, str] = {
    "problem.home": "To the first page",
    "problem.back": "Back",
    "problem.again": "Back to that page",
    "problem.detail": "The system says",
    "problem.number": "Request number",
    "problem.fields": "Please check: {names}",
    "problem.refused.title": "This cannot be done",
    "problem.refused.what": "You may not see this. The attempt is in the ledger.",
    "problem.refused.next": "Check case number and post; if it is needed, hand it to the post "
    "that works on the case.",
    "problem.refused.account_disabled.next": "Ask an administrator to enable the account.",
    "problem.refused.role_not_clerk.next": "Let a clerk do it.",
    "problem.refused.case_unknown.next": "Check the case number. A case that was just received "
    "takes a few minutes to arrive.",
    "problem.refused.case_not_assigned.next": "Hand it to the post of the case, or have the "
    "one-window assign it.",
    "problem.refused.case_closed.next": "Nothing is fetched for a closed case; ask the archive.",
    "problem.refused.item_not_in_catalogue.next": "Ask the bureau to unify this item; take the "
    "papers this time.",
    "problem.refused.item_not_of_post.next": "Hand it to the department of the item.",
    "problem.refused.material_not_asked.next": "The catalogue does not ask for this paper: do "
    "not ask the applicant for it.",
    "problem.refused.purpose_not_prove.next": "Ask the applicant for the original.",
    "problem.refused.licence_type_does_not_prove.next": "Ask the applicant for this paper.",
    "problem.refused.role_not_applicant.next": "Ask the applicant for this paper.",
    "problem.refused.waiver_not_confirmed.next": "Take the paper until it is published; the "
    "department may confirm it.",
    "problem.refused.waiver_not_published.next": "Take the paper until the list is in force.",
    "problem.refused.waiver_withdrawn.next": "Ask the applicant for this paper.",
    "problem.refused.receive_only.next": "Let the deciding post fetch it.",
    "problem.refused.licence_not_found.next": "Not found does not mean not there: ask the "
    "applicant for this paper.",
    "problem.refused.holder_not_applicant.next": "Check the applicant's number; if it differs, "
    "ask for the paper.",
    "problem.refused.licence_not_valid.next": "The applicant goes to the issuer first, or "
    "brings a valid licence.",
    "problem.refused.stale.next": "Try later, or accept the case with a promise.",
    "problem.refused.role.what": "This page is for another role.",
    "problem.refused.role.next": "Go to your own first page; with another account, sign out first.",
    "problem.refused.other_department.what": "This system is of another department; you do not "
    "see its raw data.",
    "problem.refused.other_department.next": "Come in from your own systems, or ask that "
    "department's contact.",
    "problem.bad_input.title": "Something is not right",
    "problem.bad_input.what": "What was sent is not whole, or does not fit.",
    "problem.bad_input.next": "Go back, mend it and send it again.",
    "problem.not_authorised.title": "Not let in",
    "problem.not_authorised.what": "The signature or grant did not check.",
    "problem.not_authorised.next": "Check credentials and dates; a grant that ended is renewed "
    "by the department that gives the data.",
    "problem.person_must_act.title": "A person must act",
    "problem.person_must_act.what": "A setting must be mended before this can go on.",
    "problem.person_must_act.next": "Tell operations what stands below.",
    "problem.retry_later.title": "No answer now",
    "problem.retry_later.what": "The system that gives the data does not answer.",
    "problem.retry_later.next": "Try again later, or accept the case with a promise.",
    "problem.retry_later.database.what": "The database does not answer; nothing was done.",
    "problem.retry_later.no_room.what": "The platform has no room left; nothing was done.",
    "problem.retry_later.no_room.next": "Tell operations the number below; a case may be "
    "accepted with a promise.",
    "problem.retry_later.store.what": "The store of files does not answer; nothing was done.",
    "problem.stop.title": "Something went wrong",
    "problem.stop.what": "The platform met what it did not expect. Nothing was done.",
    "problem.stop.next": "Try again in some minutes; else tell operations the time and the page.",
    "problem.not_found.title": "There is no such page",
    "problem.not_found.what": "The address may be mistyped, or what was there has moved.",
    "problem.not_found.next": "Begin at the first page.",
    "problem.too_large.title": "Too large",
    "problem.too_large.what": "The file or the content is larger than allowed.",
    "problem.too_large.next": "Try a smaller file.",
    "problem.stale_form.title": "The page was open too long",
    "problem.stale_form.what": "This form is no longer good. Nothing was done.",
    "problem.stale_form.next": "Go back to that page and send it again.",
    "problem.sign_in.title": "Please sign in",
    "problem.sign_in.what": "Nobody is signed in, or the session is over.",
    "problem.sign_in.next": "Sign in and try again.",
}
