import Module from 'node:module'

const names = /^electron(\/(main|common|renderer|utility))?$/
const place = Symbol.for('electron-double')

interface Loader { _load(id: string, ...rest: unknown[]): unknown }

/** Makes `electron` and its parts lead to the stand-in's module, for `require` and for `import`. */
export function installElectron(electron: object): void {
  const loader = Module as unknown as Loader
  const load = loader._load.bind(Module)
  loader._load = (id, ...rest) => names.test(id) ? electron : load(id, ...rest)

  Object.defineProperty(globalThis, place, { value: electron })
  const source = `const electron = globalThis[Symbol.for('electron-double')]\nexport default electron\n`
    + Object.keys(electron).map((name) => `export const ${name} = electron.${name}\n`).join('')
  const url = `data:text/javascript,${encodeURIComponent(source)}`
  Module.registerHooks({
    resolve: (specifier, context, next) => names.test(specifier) ? { url, format: 'module', shortCircuit: true } : next(specifier, context),
  })
}
