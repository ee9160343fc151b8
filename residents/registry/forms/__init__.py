"""Forms of the room's verbs: their fields are the services' arguments."""

from residents.registry.forms.family import (
    AskLinkForm,
    CorrectionForm,
    EndLinkForm,
    GrantForm,
    LinkForm,
    RefuseCorrectionForm,
    RefuseLinkForm,
    RevealWantedForm,
    SeeForm,
)
from residents.registry.forms.life import (
    MergePairForm,
    PreparePurgeForm,
    ProposeErasureForm,
    ProposeMergeForm,
    ReasonForm,
    SetHoldForm,
    TransferOutForm,
)
from residents.registry.forms.residents import (
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
    "AskLinkForm",
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
