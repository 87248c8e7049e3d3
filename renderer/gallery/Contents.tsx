const looks = [
  { name: 'light', query: 'theme=light' },
  { name: 'dark', query: 'theme=dark' },
  { name: 'ar', query: 'theme=light&lang=ar' },
] as const

/** Links to every story in each light and in right-to-left. For those who build the interface: not translated. */
export function Contents({ ids }: { ids: readonly string[] }) {
  return (
    <main className="mx-auto max-w-2xl p-6">
      <h1 className="mb-4 text-h1">{'Gallery'}</h1>
      <ul className="divide-y divide-line">
        {ids.map((id) => (
          <li key={id} className="flex items-baseline gap-4 py-1.5">
            <span className="flex-1 font-mono text-small">{id}</span>
            {looks.map(({ name, query }) => (
              <a key={name} href={`?story=${id}&${query}`} data-story={id} className="inline-block min-h-6 text-small text-primary-text underline" aria-label={`${id}, ${name}`}>{name}</a>
            ))}
          </li>
        ))}
      </ul>
    </main>
  )
}
