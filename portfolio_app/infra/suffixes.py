"""The top-level domains of the public suffix list, as the pinned package ships it."""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def _listed() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def is_public_suffix(label: str) -> bool:
    """Whether a lower-case label, in Unicode or in punycode, ends host names of the public internet."""
    return _listed().publicsuffix(label) == label
