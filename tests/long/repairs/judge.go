// Says of each body on standard input, one a line, whether crypto/tls takes its certificate and its key.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var body struct {
			Cert string `json:"cert_content"`
			Key  string `json:"private_key"`
		}
		answer := "OK"
		if err := json.Unmarshal(lines.Bytes(), &body); err != nil {
			answer = "NO"
		} else if _, err := tls.X509KeyPair([]byte(body.Cert), []byte(body.Key)); err != nil {
			answer = "NO"
		}
		fmt.Println(answer)
	}
}
