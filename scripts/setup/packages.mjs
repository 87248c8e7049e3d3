/**
 * Reads package-lock.json, and npm's own note of what it installed (node_modules/.package-lock.json).
 *
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 * @typedef {{ platform: string, arch: string, libc: string | undefined }} Machine
 */

/** @returns {Machine} */
export function thisMachine() {
  const header = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport()).header
  const libc = process.platform !== 'linux' ? undefined : header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
  return { platform: process.platform, arch: process.arch, libc }
}

/**
 * Where in node_modules which package belongs on this kind of machine.
 * @param {Lockfile} lockfile
 * @param {Machine} machine
 */
export function packagesFor(lockfile, machine) {
  return Object.entries(lockfile.packages).filter(([path, { os, cpu, libc }]) =>
    path !== '' && fits(os, machine.platform) && fits(cpu, machine.arch) && (machine.libc === undefined || fits(libc, machine.libc)))
}

/**
 * A list as in package.json: names that will do, or names with `!` that will not.
 * @param {string[] | undefined} list
 * @param {string} value
 */
function fits(list, value) {
  if (list === undefined || list.length === 0 || list.includes('any')) return true
  if (list.includes(`!${value}`)) return false
  return list.includes(value) || list.every((entry) => entry.startsWith('!'))
}

/**
 * Whether npm's note says that just these packages are there. It is written last, so it vouches for the whole. Optional
 * ones may be missing, but for those made for this very kind of machine: tools do not run without them.
 * @param {Lockfile} lockfile
 * @param {Lockfile | undefined} installed
 * @param {Machine} machine
 */
export function isInstalled(lockfile, installed, machine) {
  if (installed === undefined) return false
  const wanted = packagesFor(lockfile, machine)
  const known = new Set(Object.keys(lockfile.packages))
  return Object.keys(installed.packages).every((path) => known.has(path)) && wanted.every(([path, entry]) => {
    const found = installed.packages[path]
    if (found === undefined) return entry.optional === true && entry.os === undefined && entry.cpu === undefined
    return found.version === entry.version && found.integrity === entry.integrity
  })
}
