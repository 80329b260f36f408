/** The targets of the links and pictures of a Markdown text, outside of code. */
export const targetsOf = (text) => {
  const prose = text.replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, "").replaceAll(/`[^`\n]*`/g, "")
  const patterns = [
    /\]\(\s*<?([^\s)>]+)/g,
    /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/gm,
    /<[a-z]+\b[^>]*?\s(?:src|href|srcset)\s*=\s*["']([^"'\s]+)/gi
  ]
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map(([, target]) => target))
}
