import { doubt, eachLevel, fine, type Guard, unknown } from "./guard.ts";

/** Every level must have booted the image that the run was made with: otherwise more differs than the layer. */
export const image: Guard = {
  name: "image",
  check(input) {
    const { imageId } = input;
    if (imageId === undefined) return unknown("the run names no image");
    return eachLevel(input, `every level booted image ${imageId}`, ({ level, facts }) => {
      const found = facts.get("image")?.trim() ?? "";
      if (found === "") return unknown(`L${level} does not say which image it booted`);
      return found === imageId
        ? fine("")
        : doubt(`L${level} booted image ${found}, the run was made with ${imageId}`);
    });
  },
};
