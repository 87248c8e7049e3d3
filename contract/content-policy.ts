/** What the dashboard's page may load and reach: nothing but its own files and, in a browser, its own service. */
export function contentPolicy(connect: 'self' | 'none'): string {
  return `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src '${connect}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}
