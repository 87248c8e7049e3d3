import type { Plugin } from 'esbuild'

/**
 * Packages that others load for what Depin never does. They are left out of the bundle, as some are native and most are
 * large; whoever calls into one after all is told so.
 */
export const leftOut: Readonly<Record<string, string>> = {
  'ssh2': 'Engines behind ssh:// are not supported. Forward the engine’s socket to this machine instead.',
  '@grpc/grpc-js': 'Images are never built here.',
  '@grpc/proto-loader': 'Images are never built here.',
  'protobufjs': 'Images are never built here.',
}

/** Stands in for a package: loads in silence, throws when anything of it is called. */
export function standIn(reason: string): string {
  return `const refuse = () => { throw new Error(${JSON.stringify(reason)}) }
module.exports = new Proxy({}, { get: () => new Proxy(function () {}, { apply: refuse, construct: refuse, get: refuse }) })
`
}

export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    const names = Object.keys(leftOut).map((name) => name.replaceAll('/', '\\/')).join('|')
    build.onResolve({ filter: new RegExp(`^(${names})$`) }, ({ path }) => ({ path, namespace: 'left-out' }))
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: standIn(leftOut[path] ?? ''), loader: 'js' }))
  },
}
