/** A machine without any font would draw pictures without words, and so without their label: dvirt brings one. */
export function fontFiles(): readonly string[] {
  return [
    import.meta.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
    import.meta.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
  ].map((address) => decodeURIComponent(new URL(address).pathname));
}
