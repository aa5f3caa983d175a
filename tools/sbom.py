"""A bill of materials by CycloneDX: each crate that is linked in, with its version, licence and checksum."""

import re
import uuid

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot5
from notices import ROOT
from packageurl import PackageURL
from version import current

# Of no meaning but that what is derived from it is ours.
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "xilnex-auth/sbom")


def checksums():
    """What the registry tells of each crate that is locked."""
    entry = re.compile(r'^name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"$', re.M)
    return {(name, version): told for name, version, told in entry.findall((ROOT / "Cargo.lock").read_text())}


def component(package, checksum):
    name, version = package["name"], package["version"]
    # Crates of old write a slash where they mean "or".
    licence = (package["license"] or "").replace("/", " OR ")
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        purl=PackageURL("cargo", None, name, version),
        bom_ref=f"{name}@{version}",
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)],
    )


def bill(name, crates):
    """The bill of a package of ours. The same sources give the same one, to the letter."""
    known, version = checksums(), current(ROOT)
    parts = [component(crate, known[crate["name"], crate["version"]]) for crate in crates]
    told = " ".join([name, version, *(str(part.purl) for part in parts)])
    bom = Bom(components=parts, serial_number=uuid.uuid5(SPACE, told))
    bom.metadata.timestamp = None
    licences = [LicenseFactory().make_from_string("MIT OR Apache-2.0")]
    whole = Component(type=ComponentType.LIBRARY, name=name, version=version, bom_ref=name, licenses=licences)
    bom.metadata.component = whole
    bom.register_dependency(whole, parts)
    return JsonV1Dot5(bom).output_as_string(indent=1) + "\n"
