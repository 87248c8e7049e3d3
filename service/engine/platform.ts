/** Names of processors as images have them (Go's), from the names that kernels and engines give. */
const archNames: Record<string, string> = {
  x86_64: 'amd64', x64: 'amd64', aarch64: 'arm64', armv8l: 'arm64', armv7l: 'arm', armhf: 'arm', armv6l: 'arm', i386: '386', i686: '386',
}

export function imageArch(name: string): string {
  return archNames[name] ?? name
}

/** `linux/arm64/v8`, `arm64` → what it asks for; what it leaves out is null. */
export function parsePlatform(platform: string): { os: string | null, arch: string | null } {
  const parts = platform.toLowerCase().split('/')
  const [os, arch] = parts.length === 1 ? [undefined, parts[0]] : parts
  return { os: os === undefined || os === '' ? null : os, arch: arch === undefined || arch === '' ? null : imageArch(arch) }
}
