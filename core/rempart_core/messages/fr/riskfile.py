"""Texts of the area riskfile."""

TEXTS = {
    "riskfile.matrix_order": (
        "plus de gravité ou de vraisemblance donne un niveau plus bas, à partir de {place} : un correctif pourrait "
        "augmenter un risque"
    ),
    "riskfile.matrix_row": "une gravité et le niveau de chacune des classes {classes} sont attendus",
    "riskfile.missing": "la ligne {row} manque",
    "riskfile.order": "{group} doit croître : {names}",
    "riskfile.other_id": "le scénario {id} se trouve dans un fichier de {name}",
    "riskfile.row": "une ligne [groupe, nom, nombre] est attendue",
    "riskfile.scenario_id": "{text} n’est pas un identifiant de scénario : écrire S et un nombre, comme S3",
    "riskfile.scenario_name": "le fichier d’un scénario porte son identifiant et un libellé : s3-ransomware.yaml",
    "riskfile.too_large": "{value} est trop grand : {most} au plus",
}
