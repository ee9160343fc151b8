"""Forms of the room's verbs: their fields are the services' arguments."""

from residents.registry.forms.corrections import CorrectionForm
from residents.registry.forms.family import (
    AskLinkForm,
    EndLinkForm,
    GrantForm,
    LinkForm,
    RefuseCorrectionForm,
    RefuseLinkForm,
    RevealWantedForm,
    SeeForm,
)
from residents.registry.forms.life import (
    CorrectHomeForm,
    MergePairForm,
    PreparePurgeForm,
    ProposeErasureForm,
    ProposeMergeForm,
    ReasonForm,
    SetHoldForm,
    TransferOutForm,
)
from residents.registry.forms.residents import (
    AnswerForm,
    CorrectResidentForm,
    ExportForm,
    FactsForm,
    LookUpForm,
    RecordDeathForm,
    RegisterResidentForm,
    RevealForm,
    SendForm,
)

__all__ = [
    "AnswerForm",
    "AskLinkForm",
    "CorrectHomeForm",
    "CorrectResidentForm",
    "CorrectionForm",
    "EndLinkForm",
    "ExportForm",
    "FactsForm",
    "GrantForm",
    "LinkForm",
    "LookUpForm",
    "MergePairForm",
    "PreparePurgeForm",
    "ProposeErasureForm",
    "ProposeMergeForm",
    "ReasonForm",
    "RecordDeathForm",
    "RefuseCorrectionForm",
    "RefuseLinkForm",
    "RegisterResidentForm",
    "RevealForm",
    "RevealWantedForm",
    "SeeForm",
    "SendForm",
    "SetHoldForm",
    "TransferOutForm",
]
