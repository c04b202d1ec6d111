"""Removes from a bill of materials (CycloneDX) the crates that Cargo does not link, and checks the others.

The tool that wrote it lists optional crates that only tests or build scripts enable. Standard input has the output of
`cargo tree`, one crate in a line.
"""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    bill = json.load(file)

# A line is `name v1.2.3`, for crates of the workspace with their folder, and `(*)` for repeated ones.
lines = [line.split() for line in sys.stdin if line.strip()]
root = lines[0][0]
linked = {(words[0], words[1].removeprefix("v")) for words in lines if words[0] != root}
listed = {(component["name"], component["version"]): component for component in bill["components"]}
components = {crate: component for crate, component in listed.items() if crate in linked}
removed = {component["bom-ref"] for crate, component in listed.items() if crate not in linked}
bill["components"] = list(components.values())
bill["dependencies"] = [entry for entry in bill["dependencies"] if entry["ref"] not in removed]
for entry in bill["dependencies"]:
    entry["dependsOn"] = [crate for crate in entry.get("dependsOn", []) if crate not in removed]

findings = [f"{name} {version} is not listed" for name, version in sorted(linked - listed.keys())]
for (name, version), component in components.items():
    is_own = name.startswith("berth")
    findings += [
        f"{name} {version} has no {member}"
        for member in ("purl", "licenses", "hashes")
        # The crates of the workspace are not published.
        if not component.get(member) and not is_own
    ]
if bill["bomFormat"] != "CycloneDX" or bill["metadata"]["component"]["name"] != root:
    findings.append(f"the bill is not one of {root}")
if findings:
    sys.exit("\n".join(findings))
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(bill, file, indent=2)
print(f"{sys.argv[1]}: {len(components)} components")
