"""What a fleet's owner has at hand before a rollout: signing keys, lab images, signed Releases."""
import hashlib
import pathlib
import random
import subprocess

FIRST_LINE = "BREAKWATER-LAB-IMAGE 1"


def make_image(path, component, version, size=64 * 1024, faults=()):
    header = "\n".join([FIRST_LINE, f"component: {component}", f"version: {version}",
                        *(f"fault: {fault}" for fault in faults), "", ""]).encode()
    path.write_bytes(header + random.Random(f"{component} {version}").randbytes(size - len(header)))
    return path


LAB_MANUFACTURER, LAB_PRODUCT, LAB_DEVICE = 32473, 1, 0x20
LAB_COMPONENTS = ("bmc", "bios", "nic")   # HPM.1's components 0, 1, 2 of a lab BMC


def wrap_hpm(path, component, version):
    """The file as the firmware of an HPM.1 image, PICMG HPM.1 chapter 4."""
    firmware = path.read_bytes()
    major, minor = (int(number) for number in version.split("."))
    revision = bytes([major, minor // 10 * 16 + minor % 10, 0, 0, 0, 0])
    mask = 1 << LAB_COMPONENTS.index(component)
    header = b"PICMGFWU" + bytes([0, LAB_DEVICE]) + LAB_MANUFACTURER.to_bytes(3, "little") + \
        LAB_PRODUCT.to_bytes(2, "little") + (0).to_bytes(4, "little") + bytes([0, mask, 2, 2, 4, 0, 0]) + \
        revision + bytes(2)
    header += bytes([-sum(header) % 256])
    action = bytes([2, mask])
    upload = action + bytes([-sum(action) % 256]) + revision + component.encode().ljust(21, b"\0") + \
        len(firmware).to_bytes(4, "little") + firmware
    path.write_bytes(header + upload + hashlib.md5(header + upload).digest())


def hpm_text(version):
    """How HPM.1 spells a version: the minor has two digits."""
    major, minor = version.split(".")
    return f"{major}.{int(minor):02}"


class Signer:
    """One person with a key that minisign made."""

    def __init__(self, name, folder):
        self.name = name
        self.public = folder / f"{name}.pub"
        self.secret = folder / f"{name}.key"
        subprocess.run(["minisign", "-G", "-W", "-f", "-p", self.public, "-s", self.secret],
                       check=True, capture_output=True)
        self.key_id = self.public.read_text().splitlines()[0].split()[-1]

    def sign(self, document):
        subprocess.run(["minisign", "-S", "-s", self.secret, "-m", document,
                        "-x", f"{document}.{self.key_id}.minisig", "-t", f"signed by {self.name}"],
                       check=True, capture_output=True)


class Firmware:
    """An image and its Release document, not signed yet."""

    def __init__(self, folder, component, version, *, faults=(), size=64 * 1024, edges=("*",), way_back=None,
                 activate=None, most="20s", name=None, hpm=False):
        self.name = name or f"{component}-{version}"
        self.image = make_image(folder / f"{self.name}.bin", component, version, size, faults)
        if hpm:
            wrap_hpm(self.image, component, version)
        content = self.image.read_bytes()
        reported = list(dict.fromkeys([version, hpm_text(version)])) if hpm else [version]
        edges = list(dict.fromkeys([*edges, *map(hpm_text, edges)])) if hpm else edges
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.ref = f"{self.name}@sha256:{self.sha256}"
        self.version = version
        self.component = component
        rollback = f"{{method: reflash, to: \"{way_back.ref}\"}}" if isinstance(way_back, Firmware) else \
            f"{{method: {way_back or 'bankSwitch'}}}"
        activate = activate or ("bmcReset" if component == "bmc" else "hostReboot")
        self.document = folder / f"{self.name}.yaml"
        self.document.write_text(f"""\
apiVersion: breakwater/v1
kind: Release
metadata: {{name: {self.name}}}
spec:
  component: {component}
  vendor: Breakwater
  {'parts: ["LAB-PN-*"]' if component == 'nic' else 'models: ["Lab-2U"]'}
  version: "{version}"
  reportedAs: [{', '.join(f'"{text}"' for text in reported)}]
  files: [{{role: image, name: "{self.image.name}", sha256: "{self.sha256}", size: {len(content)}}}]
  edges: [{{from: [{', '.join(f'"{edge}"' for edge in edges)}], verdict: ok}}]
  apply: {{activate: {activate}, duration: {{typical: 1s, most: {most}}}}}
  rollback: {rollback}
""")

    def sign(self, *signers):
        for signer in signers:
            signer.sign(self.document)
        return self


def sha256_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
