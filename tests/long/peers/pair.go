// What Go says to a certificate and a private key: pair CERTIFICATE.pem KEY.pem
//
// Prints the error of tls.X509KeyPair, or nothing when there is none.
package main

import (
	"crypto/tls"
	"fmt"
	"os"
)

func main() {
	certificate, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	key, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	if _, err := tls.X509KeyPair(certificate, key); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
