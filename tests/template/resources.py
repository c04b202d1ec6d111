"""Counts the resources of a template after SAM's transform, and calculates how many endpoints fit into one stack.

    resources.py TEMPLATE

Exits with 1 if an endpoint needs too many resources, or too few endpoints fit. Needs the packages of the SAM CLI. Runs without
a network, an account or credentials.
"""

import logging
import os
import sys
from copy import deepcopy

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# Limits of CloudFormation: resources of a stack, bytes of a template.
MAX_RESOURCES = 500
MAX_BYTES = 1_000_000
# Limits of this project. An endpoint's resources are its own and its share of those of several endpoints.
MAX_PER_ENDPOINT = 3.5
MIN_ENDPOINTS = 140

BASE = os.path.join(os.path.dirname(__file__), "../../local/template/base.yaml")

# It warns that its own metrics are not published.
logging.getLogger("samtranslator").setLevel(logging.ERROR)


class NoManagedPolicies:
    """Replaces the loader of AWS's managed policies, which calls IAM. The template names no such policy."""

    def load(self):
        return {}


def read(path):
    with open(path, encoding="utf-8") as file:
        return yaml_parse(file.read())


def count(template):
    """Returns the number of resources after the transform."""
    # `sam package` replaces the directory by an address of this form.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    return len(transform(template, {}, NoManagedPolicies())["Resources"])


def without_endpoints(template, base):
    """Returns the template with the resources of its fixed part only, and without routes."""
    template = deepcopy(template)
    template["Resources"] = {name: template["Resources"][name] for name in base["Resources"]}
    template["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"] = {}
    return template


def main(path):
    template = read(path)
    resources = template["Resources"].values()
    functions = sum(resource["Type"] == "AWS::Serverless::Function" for resource in resources)
    fixed = count(without_endpoints(template, read(BASE)))
    total = count(template)
    per_endpoint = (total - fixed) / functions
    fit = min(int((MAX_RESOURCES - fixed) / per_endpoint), MAX_BYTES * functions // os.path.getsize(path))
    print(f"{total} resources for {functions} functions; {fit} endpoints fit ({fixed} + {per_endpoint:.2f} per endpoint)")
    if per_endpoint > MAX_PER_ENDPOINT:
        sys.exit(f"more than {MAX_PER_ENDPOINT} resources per endpoint")
    if fit < MIN_ENDPOINTS:
        sys.exit(f"fewer than {MIN_ENDPOINTS} endpoints fit")


main(sys.argv[1])
