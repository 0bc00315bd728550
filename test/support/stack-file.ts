/** The configuration of a project in a temporary folder. */

/** A stack file with so many hosts on this machine, and an application at an address. */
export function stackFile(address: string, ports: readonly number[]): string {
  const hosts = ports.map(
    (port, index) =>
      `      - name: host-${index}\n        directory: .switchback/host-${index}\n        address: http://127.0.0.1:${port}\n` +
      `        variables: { PORT: "${port}", HOST_ADDRESS: 127.0.0.1 }\n`,
  );
  return (
    `config:\n  switchback:release: v1.0.0\n  switchback:environment:\n    address: ${address}\n    hosts:\n${hosts.join("")}` +
    `    store: .switchback/store\n  switchback:database:\n    path: .switchback/parcel.sqlite\n` +
    `  switchback:checks:\n    attempts: 8\n    intervalSeconds: 0.2\n    freeMegabytes: 1\n`
  );
}

/** What the sample's own stack files say for its checks. */
export const wholeSettings = `  switchback:application:
    variables: { ALLOWED_HOSTS: 127.0.0.1 }
  switchback:policies:
    checks: { browser: { unknown: allow } }
`;
