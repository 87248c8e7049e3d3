/** The one place that our page comes from. */
export const scheme = 'app'
export const origin = 'app://depin'
export const pageUrl = `${origin}/index.html`

export function isOurs(url: string): boolean {
  return url === origin || url.startsWith(`${origin}/`)
}
