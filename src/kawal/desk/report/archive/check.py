"""Checks an archive of Kawal with nothing but Python 3: hashes, tree, and every signed head.

python3 check.py ARCHIVE.zip          every entry, the tree, the root of every published checkpoint
python3 check.py ARCHIVE.zip 17       writes what OpenSSL needs to check the signature of entry 17
                                      and of the newest checkpoint, and prints the commands
"""

import base64
import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ED25519_PEM = bytes.fromhex("302a300506032b6570032100")  # before the 32 bytes of a key: RFC 8410


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def path(number: int) -> str:  # 1234067 -> x001/x234/067 (C2SP tlog-tiles)
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def bundle(
    archive: zipfile.ZipFile, number: int, size: int
) -> Iterator[bytes]:  # 256 entries, each after its length in two bytes
    count = min(256, size - number * 256)
    data = archive.read(f"tile/entries/{path(number)}" + (f".p/{count}" if count < 256 else ""))
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : at + 2 + length]
        at += 2 + length


def head(note: str) -> tuple[str, int, bytes]:  # origin, size and root of a checkpoint (C2SP tlog-checkpoint)
    origin, size, root = note.split("\n")[:3]
    return origin, int(size), base64.b64decode(root)


def root_of(
    peaks: list[tuple[int, bytes]],
) -> bytes:  # the full subtrees, largest first, are hashed together from the right (RFC 6962)
    found = None
    for _, peak in reversed(peaks):
        found = peak if found is None else sha(b"\x01" + peak + found)
    return sha(b"") if found is None else found


def check(archive: zipfile.ZipFile) -> None:
    size = head(archive.read("checkpoint").decode())[1]
    names = [name for name in archive.namelist() if name.startswith("checkpoints/")]
    heads = sorted(head(archive.read(name).decode())[1:] for name in names)
    peaks: list[tuple[int, bytes]] = []
    index = 0
    for number in range(-(-size // 256)):
        for entry in bundle(archive, number, size):
            level, found = 0, sha(b"\x00" + entry)
            while peaks and peaks[-1][0] == level:
                level, found = level + 1, sha(b"\x01" + peaks.pop()[1] + found)
            peaks.append((level, found))
            index += 1
            while heads and heads[0][0] == index:
                if heads.pop(0)[1] != root_of(peaks):
                    sys.exit(f"BROKEN: the checkpoint of size {index} was signed for other entries")
    if index != size or [left for left in heads if left[0]]:
        sys.exit(f"BROKEN: {index} entries, but the checkpoint signs for {size}")
    print(f"{len(names)} checkpoints fit {size} entries; root {root_of(peaks).hex()}")


def openssl(name: str, key: bytes, message: bytes, signature: bytes) -> None:
    pem = base64.b64encode(ED25519_PEM + key).decode()
    Path(f"{name}.pem").write_text(f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n")
    Path(f"{name}.message").write_bytes(message)
    Path(f"{name}.signature").write_bytes(signature)
    key_and_message = f"-inkey {name}.pem -rawin -in {name}.message"
    print(f"openssl pkeyutl -verify -pubin {key_and_message} -sigfile {name}.signature")


def extract(archive: zipfile.ZipFile, index: int) -> None:
    note = archive.read("checkpoint").decode()
    origin, size, _ = head(note)
    text, _, lines = note.rpartition("\n\n")
    log_key = base64.b64decode(archive.read("keys/log.txt").decode().strip().split("+", 2)[2])[1:]
    signed = [line.split(" ")[2] for line in lines.split("\n") if line.startswith(f"— {origin} ")]
    openssl("checkpoint", log_key, f"{text}\n".encode(), base64.b64decode(signed[0])[4:])
    entry = list(bundle(archive, index // 256, size))[index % 256]
    stop = 16 if entry[2] == 0x4D else 20  # of the header (COSE_Sign1, README.txt): an event, or a statement
    keys = [bytes.fromhex(line.split(b'"')[3].decode()) for line in archive.open("keys/devices.jsonl")]
    keys += [bytes.fromhex(line.split()[1].decode()) for line in archive.open("keys/issuers.txt")]
    key = next(key for key in [*keys, log_key] if sha(key)[:8] == entry[8:16])
    message = b"\x84\x6aSignature1" + entry[2:stop] + b"\x48kawal/v1" + entry[stop + 1 : -66]
    openssl(f"entry-{index}", key, message, entry[-64:])


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as opened:
        check(opened) if len(sys.argv) < 3 else extract(opened, int(sys.argv[2]))
