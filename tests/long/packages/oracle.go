// What Go says: one question a line of standard input (JSON), one answer a line of standard output.
//
//	{"op": "certificate", "der": base64}           what crypto/x509 reads in it
//	{"op": "key", "der": base64}                   whether crypto/tls would read it, and its public half
//	{"op": "pair", "certificate": text, "key": text}  what tls.X509KeyPair makes of both
//	{"op": "link", "child": base64, "parent": base64}  whether one issued the other
//
// The members of a certificate are named as in the service's response and left out when they are empty.
package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"time"
)

type question struct {
	Op, Der, Certificate, Key, Child, Parent string
}

type answer map[string]any

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		said, err := json.Marshal(respond(asked))
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%s\n", said)
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}

func respond(asked question) answer {
	switch asked.Op {
	case "certificate":
		return certificate(decode(asked.Der))
	case "key":
		return key(decode(asked.Der))
	case "pair":
		pair, err := tls.X509KeyPair([]byte(asked.Certificate), []byte(asked.Key))
		said := answer{"ok": err == nil}
		if err != nil {
			said["error"] = err.Error()
		} else {
			said["leaf"] = hash(pair.Certificate[0])
		}
		// What encoding/pem finds, whether or not it can be read.
		if der := first([]byte(asked.Certificate)); der != nil {
			said["first"] = hash(der)
		}
		return said
	case "link":
		return link(decode(asked.Child), decode(asked.Parent))
	}
	panic(asked.Op)
}

func decode(text string) []byte {
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return der
}

func hash(der []byte) string {
	return fmt.Sprintf("%x", sha256.Sum256(der))
}

func first(text []byte) []byte {
	for {
		block, rest := pem.Decode(text)
		if block == nil || block.Type == "CERTIFICATE" {
			if block == nil {
				return nil
			}
			return block.Bytes
		}
		text = rest
	}
}

func certificate(der []byte) answer {
	read, err := x509.ParseCertificate(der)
	if err != nil {
		return answer{"ok": false, "error": err.Error()}
	}
	algorithm := read.PublicKeyAlgorithm.String()
	metadata := answer{}
	put := func(name string, values []string) {
		if len(values) > 0 {
			metadata[name] = values
		}
	}
	if read.Subject.CommonName != "" {
		metadata["common_name"] = read.Subject.CommonName
	}
	put("san", read.DNSNames)
	metadata["not_before"] = read.NotBefore.UTC().Format(time.RFC3339)
	metadata["not_after"] = read.NotAfter.UTC().Format(time.RFC3339)
	metadata["signature_algorithm"] = read.SignatureAlgorithm.String()
	metadata["version"] = read.Version
	put("organization", read.Subject.Organization)
	put("organizational_unit", read.Subject.OrganizationalUnit)
	put("locality", read.Subject.Locality)
	put("state", read.Subject.Province)
	put("country", read.Subject.Country)
	metadata["serial_number"] = read.SerialNumber.String()
	put("issuer", read.Issuer.Organization)
	if word, known := map[string]string{"RSA": "RSA", "ECDSA": "ECC"}[algorithm]; known {
		metadata["algorithm_type"] = word
	}
	bits, curve := 0, ""
	exponent := 0
	switch public := read.PublicKey.(type) {
	case *rsa.PublicKey:
		bits, exponent = public.N.BitLen(), public.E
	case *ecdsa.PublicKey:
		bits, curve = public.Params().BitSize, public.Params().Name
	}
	hasNames, hasExtendedUsage := false, false
	for _, extension := range read.Extensions {
		hasNames = hasNames || extension.Id.String() == "2.5.29.17"
		hasExtendedUsage = hasExtendedUsage || extension.Id.String() == "2.5.29.37"
	}
	usages := []int{}
	for bit := 0; bit < 9; bit++ {
		if read.KeyUsage&(1<<bit) != 0 {
			usages = append(usages, bit)
		}
	}
	return answer{
		"ok": true, "metadata": metadata, "algorithm": algorithm, "bits": bits, "curve": curve, "exponent": exponent,
		"sha256": hash(der), "spki_sha256": hash(read.RawSubjectPublicKeyInfo),
		"is_ca": read.BasicConstraintsValid && read.IsCA, "usages": usages,
		"has_extended_usage": hasExtendedUsage, "server": isServer(read),
		"has_names": hasNames, "names": len(read.DNSNames) + len(read.IPAddresses) + len(read.EmailAddresses) + len(read.URIs),
		"subject": base64.StdEncoding.EncodeToString(read.RawSubject),
		"issuer":  base64.StdEncoding.EncodeToString(read.RawIssuer),
		"self":    bytes.Equal(read.RawSubject, read.RawIssuer),
	}
}

func isServer(read *x509.Certificate) bool {
	for _, usage := range read.ExtKeyUsage {
		if usage == x509.ExtKeyUsageAny || usage == x509.ExtKeyUsageServerAuth {
			return true
		}
	}
	return false
}

// As in crypto/tls, which does not export it.
func parse(der []byte) (any, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key, nil
	}
	return x509.ParseECPrivateKey(der)
}

func key(der []byte) answer {
	read, err := parse(der)
	if err != nil {
		return answer{"ok": false, "error": err.Error()}
	}
	spki, err := x509.MarshalPKIXPublicKey(read.(interface{ Public() crypto.PublicKey }).Public())
	if err != nil {
		return answer{"ok": false, "error": err.Error()}
	}
	return answer{"ok": true, "kind": fmt.Sprintf("%T", read), "spki_sha256": hash(spki)}
}

func link(child, parent []byte) answer {
	below, err := x509.ParseCertificate(child)
	if err != nil {
		return answer{"ok": false, "error": err.Error()}
	}
	above, err := x509.ParseCertificate(parent)
	if err != nil {
		return answer{"ok": false, "error": err.Error()}
	}
	if err := below.CheckSignatureFrom(above); err != nil {
		return answer{"ok": false, "error": err.Error()}
	}
	return answer{"ok": true}
}
