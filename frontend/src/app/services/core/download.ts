/** Saves a file that was fetched with the agent's token, which a plain link cannot carry. */
export function saveBlob(content: Blob, filename: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = filename;
  link.click();
  URL.revokeObjectURL(address);
}
