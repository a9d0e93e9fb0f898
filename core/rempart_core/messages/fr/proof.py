"""Texts of the area proof: what is wrong with signed runs."""

TEXTS = {
    "proof.cut_off": "cette ligne n’est pas du JSON canonique : elle a été modifiée, ou coupée",
    "proof.document_damaged": "son document est endommagé, ou il en manque une partie",
    "proof.document_missing": "son document manque, et personne n’a déclaré qu’il avait été oublié",
    "proof.documents_missing": (
        "son document manque, et personne n’a déclaré qu’il avait été oublié ; de même pour les maillons {others}"
    ),
    "proof.documents_missing_more": (
        "son document manque, et personne n’a déclaré qu’il avait été oublié ; de même pour les maillons {others} et "
        "{more} de plus"
    ),
    "proof.document_other": "son document n’est pas celui qui a été signé",
    "proof.documents_count": "il contenait {expected} documents, il en contient {found}",
    "proof.ends_early": "le lot finit trop tôt : le maillon {link} manque, il en contenait {count}",
    "proof.forgotten_key": "la déclaration d’oubli a été signée avec une autre clé : {key}",
    "proof.forgotten_none": "la déclaration d’oubli n’en est pas une",
    "proof.forgotten_signature": "la signature de la déclaration d’oubli est fausse",
    "proof.head_behind": (
        "sa tête est {head}, et non celle qui est attendue : la tête attendue est celle du maillon "
        "{link}, et {behind} suivent"
    ),
    "proof.head_gone": (
        "sa tête est {head}, et non celle qui est attendue : le maillon de la tête attendue n’y est pas ; la fin a été "
        "coupée, ou le lot réécrit"
    ),
    "proof.header_head": "le dernier maillon n’est pas la tête que nomme l’en-tête",
    "proof.header_key": "le lot a été écrit avec une autre clé : {key}",
    "proof.header_signature": "la signature de l’en-tête du lot est fausse",
    "proof.link_follows": (
        "il ne suit pas le maillon précédent : l’un des deux a été modifié, ou un autre manque entre eux"
    ),
    "proof.link_key": "il a été signé avec une autre clé : {key}",
    "proof.link_missing": "le maillon 1 manque",
    "proof.link_none": "ce n’est pas un maillon d’une chaîne",
    "proof.link_number": (
        "son numéro est {number}, {expected} est attendu : un maillon manque, ou n’est pas à sa place"
    ),
    "proof.link_signature": "sa signature est fausse",
    "proof.links_missing": "les maillons 1 à {last} manquent",
    "proof.no_bundle": "ce n’est pas un lot de passages signés",
    "proof.no_json": "cette ligne n’est pas du JSON canonique",
    "proof.no_line": "cette ligne n’est ni un maillon ni une partie",
    "proof.part_stray": "une partie n’appartient à aucun document",
    "proof.part_twice": "la même partie figure deux fois",
}
