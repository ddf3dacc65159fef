// Asks tls.X509KeyPair about the certificate and key of each body of a file, a body a line, and prints how
// many of them belong together.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	good := 0
	for lines.Scan() {
		var body struct {
			CertContent string `json:"cert_content"`
			PrivateKey  string `json:"private_key"`
		}
		if json.Unmarshal(lines.Bytes(), &body) != nil {
			continue
		}
		if _, err := tls.X509KeyPair([]byte(body.CertContent), []byte(body.PrivateKey)); err == nil {
			good++
		}
	}
	fmt.Println(good)
}
