/** What we use of it; the package brings no types. */
declare module "@peertube/http-signature" {
  type Parsed = { keyId: string; algorithm: string };
  type Incoming = { method: string; url: string; headers: Record<string, string> };
  const httpSignature: {
    parseRequest(request: Incoming, options: { headers: string[]; clockSkew: number }): Parsed;
    verifySignature(parsed: Parsed, publicKeyPem: string): boolean;
  };
  export default httpSignature;
}
