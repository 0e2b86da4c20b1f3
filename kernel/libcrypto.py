"""OpenSSL 3's libcrypto through ctypes: only what SM2 needs, found where the interpreter has it.

`cryptography` carries an OpenSSL of its own without SM2. The library is opened at the first use,
never on import.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from kernel.errors import PersonMustAct

#: The first version with what is used here, as `OpenSSL_version_num` says it.
OPENSSL_3: Final = 0x30000000
SONAMES: Final = ("libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
MISSING: Final = (
    "SM2 needs libcrypto of OpenSSL 3.0 or newer with SM2 and SM3: install libssl3 (Debian) "
    "or openssl of the system"
)

#: PKCS #8 around a private key (RFC 5958, RFC 5915): id-ecPublicKey, curve 1.2.156.10197.1.301.
PRIVATE_START: Final = bytes.fromhex(
    "3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420"
)
#: SubjectPublicKeyInfo around a public key's 65 bytes (RFC 5480).
PUBLIC_START: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")

_POINTER: Final = ctypes.c_void_p
_BYTES: Final = ctypes.c_char_p
_SIZE: Final = ctypes.c_size_t
_SIZE_OUT: Final = ctypes.POINTER(ctypes.c_size_t)
_DATA: Final = ctypes.POINTER(ctypes.c_char_p)
_INT: Final = ctypes.c_int
_LONG: Final = ctypes.c_long

#: Result and arguments of each function, as OpenSSL's own manual pages give them.
_FUNCTIONS: Final[dict[str, tuple[object, ...]]] = {
    "OpenSSL_version_num": (ctypes.c_ulong,),
    "ERR_clear_error": (None,),
    "EVP_sm3": (_POINTER,),
    "EVP_PKEY_free": (None, _POINTER),
    "EVP_PKEY_CTX_new": (_POINTER, _POINTER, _POINTER),
    "EVP_PKEY_CTX_free": (None, _POINTER),
    "EVP_PKEY_CTX_set1_id": (_INT, _POINTER, _BYTES, _INT),
    "EVP_MD_CTX_new": (_POINTER,),
    "EVP_MD_CTX_free": (None, _POINTER),
    "EVP_MD_CTX_set_pkey_ctx": (None, _POINTER, _POINTER),
    "EVP_DigestSignInit": (_INT, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER),
    "EVP_DigestSign": (_INT, _POINTER, _BYTES, _SIZE_OUT, _BYTES, _SIZE),
    "EVP_DigestVerifyInit": (_INT, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER),
    "EVP_DigestVerify": (_INT, _POINTER, _BYTES, _SIZE, _BYTES, _SIZE),
    "d2i_AutoPrivateKey": (_POINTER, _POINTER, _DATA, _LONG),
    "d2i_PUBKEY": (_POINTER, _POINTER, _DATA, _LONG),
    "i2d_PUBKEY": (_INT, _POINTER, _DATA),
}


@cache
def libcrypto() -> ctypes.CDLL:
    """The library, its functions typed. Raises PersonMustAct when there is none that will do."""
    return load(_places())


def load(places: Iterator[str] | Sequence[str]) -> ctypes.CDLL:
    """The first of the named libraries that will do. Raises PersonMustAct when none does."""
    for place in places:
        found = _opened(place)
        if found is not None:
            return found
    raise PersonMustAct(MISSING)


def _places() -> Iterator[str]:
    """Where to look. What is asked of the interpreter's own `_ssl` is found in what it links to."""
    import _ssl

    own = getattr(_ssl, "__file__", None)  # built in where the interpreter is one static program
    if own is not None:
        yield str(own)
    yield from SONAMES
    named = ctypes.util.find_library("crypto")  # asks other programs: last
    if named is not None:
        yield named


def _opened(place: str) -> ctypes.CDLL | None:
    """The library at this place, None when it is none, too old, or built without SM2."""
    try:
        library = ctypes.CDLL(place)
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return library if library.OpenSSL_version_num() >= OPENSSL_3 and _has_sm2(library) else None


def _has_sm2(library: ctypes.CDLL) -> bool:
    """Some builds leave the algorithm out and keep the names of the functions."""
    library.ERR_clear_error()
    return bool(library.EVP_sm3()) and _reads_a_key(library)


def _reads_a_key(library: ctypes.CDLL) -> bool:
    key = PRIVATE_START + bytes(31) + b"\x01"
    pointer = library.d2i_AutoPrivateKey(None, ctypes.byref(ctypes.c_char_p(key)), len(key))
    library.EVP_PKEY_free(pointer)
    library.ERR_clear_error()
    return bool(pointer)
