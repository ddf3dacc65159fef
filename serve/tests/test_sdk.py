"""The official SDKs for Python, which do not know that this is not the service."""

import json
import re
import unittest
import warnings

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
import huaweicloudsdkapig.v2 as apig
import huaweicloudsdkroma.v2 as roma

from support import FIXTURES, INSTANCE, PROJECT, ROOT, SERVICES, Server, example, main

MODULES = {"roma": (roma, roma.RomaClient), "apig": (apig, apig.ApigClient)}


def client_of(service, server, project=PROJECT):
    credentials = BasicCredentials("AK", "SK", project)
    _, client = MODULES[service]
    return client.new_builder().with_credentials(credentials).with_endpoint(server.url).build()


class Sdk(unittest.TestCase):
    def setUp(self):
        # `to_dict` is deprecated, and `dateutil` is not there.
        warnings.simplefilter("ignore")

    def refused(self, call, status, code):
        with self.assertRaises(ClientRequestException) as caught:
            call()
        error = caught.exception
        self.assertEqual((error.status_code, error.error_code), (status, code))
        self.assertRegex(error.request_id, "^[0-9a-f]{32}$")
        self.assertTrue(error.error_msg)
        return error

    def test_the_life_of_a_certificate(self):
        expected = json.loads((FIXTURES / "reference/expected-certificate.json").read_text())
        for service, (sdk, _) in MODULES.items():
            with self.subTest(service), Server() as server:
                client = client_of(service, server)
                form = lambda **fields: sdk.CertificateForm(**{**example(), **fields})
                created = client.create_certificate_v2(sdk.CreateCertificateV2Request(body=form()))
                self.assertEqual(created.status_code, 200)
                self.assertRegex(created.id, "^[0-9a-f]{32}$")
                fields = created.to_dict()
                for name, value in expected.items():
                    self.assertEqual(fields[name], value, name)
                self.assertEqual((created.name, created.type, created.instance_id), ("cert_demo", "instance", INSTANCE))
                self.assertEqual(created.project_id, PROJECT)

                show = sdk.ShowDetailsOfCertificateV2Request(created.id)
                self.assertEqual(client.show_details_of_certificate_v2(show).to_dict(), fields)
                update = sdk.UpdateCertificateV2Request(created.id, form(name="renamed"))
                updated = client.update_certificate_v2(update).to_dict()
                self.assertEqual(updated, {**fields, "name": "renamed"})

                listed = client.list_certificates_v2(sdk.ListCertificatesV2Request(limit=500, name="renamed"))
                self.assertEqual((listed.size, listed.total), (1, 1))
                entry = {name: value for name, value in listed.certs[0].to_dict().items() if value is not None}
                self.assertTrue(all(updated[name] == value for name, value in entry.items()), entry)

                domains = lambda *names: sdk.AttachOrDetachDomainsReqBody(
                    [sdk.AttachOrDetachDomainInfo(domain=name, instance_ids=[INSTANCE]) for name in names]
                )
                attach = sdk.BatchAssociateDomainsV2Request(created.id, domains("www.company.com"))
                self.assertEqual(client.batch_associate_domains_v2(attach).status_code, 204)
                attached = client.list_attached_domains_v2(sdk.ListAttachedDomainsV2Request(created.id))
                self.assertEqual([domain.url_domain for domain in attached.bound_domains], ["www.company.com"])
                self.assertEqual(attached.bound_domains[0].ssl_id, created.id)
                detach = sdk.BatchDisassociateDomainsV2Request(created.id, domains("www.company.com"))
                self.assertEqual(client.batch_disassociate_domains_v2(detach).status_code, 204)
                attached = client.list_attached_domains_v2(sdk.ListAttachedDomainsV2Request(created.id))
                self.assertEqual(attached.total, 0)

                delete = sdk.DeleteCertificateV2Request(created.id)
                self.assertEqual(client.delete_certificate_v2(delete).status_code, 204)
                self.refused(lambda: client.show_details_of_certificate_v2(show), 404, "APIG.3021")
                self.refused(lambda: client.delete_certificate_v2(delete), 404, "APIG.3021")
                self.refused(lambda: client.update_certificate_v2(update), 404, "APIG.3021")

    def test_a_certificate_is_bound_to_a_domain(self):
        for service, (sdk, _) in MODULES.items():
            with self.subTest(service), Server("--known-domain", "d1=www.company.com", "d2=other.example") as server:
                client = client_of(service, server)

                def bind(domain, **fields):
                    keys = {"name", "cert_content", "private_key"}
                    body = sdk.CertForm(**{key: value for key, value in {**example(), **fields}.items() if key in keys})
                    request = sdk.AssociateCertificateV2Request(INSTANCE, "group", domain, body)
                    return client.associate_certificate_v2(request)

                bound = bind("d1")
                self.assertEqual((bound.status_code, bound.id, bound.url_domain), (201, "d1", "www.company.com"))
                self.assertEqual((bound.ssl_name, bound.verified_client_certificate_enabled), ("cert_demo", False))
                # The SDK for API Gateway does not know this field.
                for info in getattr(bound, "ssl_infos", []):
                    self.assertEqual((info.ssl_id, info.type), (bound.ssl_id, "global"))
                self.refused(lambda: bind("d1", name="_"), 400, "APIG.2012")
                self.refused(lambda: bind("d2"), 400, "APIG.2103")
                self.refused(lambda: bind("d3"), 404, "APIG.3020")

    def test_every_error_is_the_exception_of_the_sdk(self):
        """Of each error of a body: the first fixture that leads to it."""
        codes = set()
        for service, (sdk, _) in MODULES.items():
            with Server() as server:
                client = client_of(service, server)
                known = set()
                for path in sorted(FIXTURES.glob("rules/*/bad*.json")):
                    try:
                        body = json.loads(path.read_bytes())
                    except (ValueError, RecursionError):
                        continue
                    if not isinstance(body, dict):
                        continue
                    # What the SDK sends is written anew, so that faults of the text are gone.
                    body = json.dumps(body).encode()
                    status, _, answer = server.send("POST", f"/v2/p/{SERVICES[service]}/certificates", body)
                    code = answer.get("error_code")
                    if status == 200 or code in known:
                        continue
                    known.add(code)
                    with self.subTest(f"{service}: {path.parent.name}"):
                        request = sdk.CreateCertificateV2Request(body=json.loads(body))
                        error = self.refused(lambda: client.create_certificate_v2(request), status, code)
                        self.assertEqual(error.error_msg, answer["error_msg"])
                codes |= known
        documented = "2001 2011 2101 2102 2104 2105 2106 2109 3030 3148 3708 3709".split()
        self.assertLessEqual({f"APIG.{code}" for code in documented}, codes)

    def test_the_test_of_the_documentation(self):
        text = (ROOT / "docs/serve.md").read_text()
        [code] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        self.assertEqual(code.count("www.example.com"), 1)
        accepted = (FIXTURES / "accepted/roma/key-p256-pkcs8.json").read_text()
        with Server() as server:
            known = {"ENDPOINT": server.url, "our_request": lambda: json.loads(accepted)}
            exec(code, known)
            known["test_that_our_certificate_is_accepted"]()

    def test_errors_of_the_caller(self):
        arguments = ["--project", PROJECT, "--known-instance", INSTANCE, "--quota", "1"]
        for service, (sdk, _) in MODULES.items():
            with self.subTest(service), Server(*arguments) as server:
                create = sdk.CreateCertificateV2Request(body=example())
                client, stranger = client_of(service, server), client_of(service, server, "another")
                self.refused(lambda: stranger.create_certificate_v2(create), 403, "APIG.1005")
                elsewhere = sdk.CreateCertificateV2Request(body={**example(), "instance_id": "7d39549681c54d968ec2b1a30c8a2a9d"})
                self.refused(lambda: client.create_certificate_v2(elsewhere), 404, "APIG.3030")
                client.create_certificate_v2(create)
                self.refused(lambda: client.create_certificate_v2(create), 403, "APIG.3100")
        with Server("--service", "roma") as server:
            list_ = apig.ListCertificatesV2Request()
            self.refused(lambda: client_of("apig", server).list_certificates_v2(list_), 404, "APIG.0101")


if __name__ == "__main__":
    main()
