"""Faults in what is locked, sealed and kept."""

from __future__ import annotations

from tests.faults.fault import of

VAULT = "tests/vault"
BYTES = "vault/bytes.py"
SECTIONS = "vault/sections.py"
PACKET = "vault/packet.py"

LOCKS = of(
    "vault",
    (
        "a lock forgets its context",
        BYTES,
        "body, bound = locked[HEADER_BYTES + NONCE_BYTES :], header + context",
        "body, bound = locked[HEADER_BYTES + NONCE_BYTES :], header",
        (VAULT,),
    ),
    ("a lock forgets its epoch", BYTES, "if header != _lock_header(epoch) or len(locked)", "if len(locked)", (VAULT,)),
    (
        "a seal is not bound to its place",
        BYTES,
        "if not same(memory.text_of(inside, 0, BINDING_BYTES), _binding(context)):",
        "if False:",
        (VAULT,),
    ),
    (
        "lengths are compared only",
        BYTES,
        "len(one) == len(other) and bindings.sodium_memcmp(one, other)",
        "len(one) == len(other)",
        (VAULT,),
    ),
    ("a context joins what it should part", BYTES, '"|".join(("hk1"', '"".join(("hk1"', (VAULT,)),
    (
        "a planted team row is sealed to",
        SECTIONS,
        "row.case == epoch.case and row.believed(trust)",
        "row.case == epoch.case",
        (VAULT,),
    ),
    (
        "a section is not asked for at minting",
        SECTIONS,
        "        if epoch.section not in row.sections:\n            continue\n",
        "",
        (VAULT,),
    ),
    ("a planted epoch is opened", SECTIONS, "if not epoch_trusted(keyring, *epoch, key, tag):", "if False:", (VAULT,)),
    (
        "older notes go to another case",
        SECTIONS,
        "if to.case != epoch.case or epoch.section not in to.sections:",
        "if epoch.section not in to.sections:",
        (VAULT,),
    ),
    (
        "a packet goes to any tagged desk",
        PACKET,
        "    require_body(keyring, desk, route.to_desk, DESK)\n",
        "",
        (VAULT,),
    ),
    (
        "a packet forgets its purpose",
        BYTES,
        "from_org, to_desk, purpose, consent)",
        'from_org, to_desk, "-", consent)',
        (VAULT,),
    ),
    (
        "a destroyed key stays in the keyring",
        "vault/keyring.py",
        "{no: key for no, key in self._keys[name].items() if no != number}",
        "self._keys[name]",
        (VAULT,),
    ),
    (
        "the keyring may be read by others",
        "vault/keyring_file.py",
        "or stat.S_IMODE(found.st_mode) != MODE:",
        "or False:",
        (VAULT,),
    ),
    (
        "a tag of no version holds",
        "vault/keyring.py",
        "return key is not None and raw.same",
        "return key is None or raw.same",
        (VAULT,),
    ),
)
