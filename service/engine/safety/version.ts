/** Versions as engines and distributions write them: `1.3.3`, `1.4.0-rc.3`, `1.1.5+ds1-1+deb12u1`, `release-20231106.0`. */
export interface Version {
  /** `[1, 4, 0]`. */
  numbers: readonly number[]
  /** Before the release of these numbers: 3 for `-rc.3` and `~rc3`. */
  candidate: number | null
  /** A distribution made it, and may have repaired it without changing these numbers. */
  isDistribution: boolean
}

const distributionMark = /[+~](dfsg|ds)|ubuntu|deb\d+u|[.-](fc|el|amzn|mga)\d|-\d+(\.\d+)?$|(^|[.+])suse/i

/** Null when it holds no version. */
export function parseVersion(text: string): Version | null {
  const match = /(\d+(?:\.\d+)*)(?:[-~]?rc\.?(\d+))?/i.exec(text)
  if (match === null) return null
  return {
    numbers: (match[1] ?? '').split('.').map(Number),
    candidate: match[2] === undefined ? null : Number(match[2]),
    isDistribution: distributionMark.test(text),
  }
}

/** Negative: `a` is older. */
export function compareVersions(a: Version, b: Version): number {
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index++) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  return (a.candidate ?? Infinity) === (b.candidate ?? Infinity) ? 0 : (a.candidate ?? Infinity) - (b.candidate ?? Infinity)
}

/**
 * Whether `version` holds a repair that came with each of `fixedIn`, one a release line. A line that is not listed is
 * repaired when it is newer than all that are.
 */
export function holdsRepair(version: Version, fixedIn: readonly string[]): boolean {
  const fixes = fixedIn.map(parseVersion).filter((fix) => fix !== null)
  const own = fixes.find((fix) => line(fix) === line(version))
  if (own !== undefined) return compareVersions(version, own) >= 0
  return fixes.every((fix) => compareVersions(version, fix) >= 0)
}

function line({ numbers }: Version): string {
  return numbers.length < 2 ? '' : numbers.slice(0, 2).join('.')
}
