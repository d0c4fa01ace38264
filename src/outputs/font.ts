/** A machine without any font would draw pictures without words, and so without their label: dvirt brings one. */
export function fontFiles(): readonly string[] {
  return ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"].map((name) =>
    decodeURIComponent(new URL(import.meta.resolve(`@expo-google-fonts/inter/${name}`)).pathname),
  );
}
