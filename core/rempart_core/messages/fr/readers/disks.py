"""What readers say of disks, in French."""

TEXTS = {
    "/etc/fstab: a line that can't be understood: {line}": "/etc/fstab : ligne incompréhensible : {line}",
    "/etc/fstab: {spec} for {path} is none of the file systems of the image": (
        "/etc/fstab : {spec} pour {path} ne correspond à aucun système de fichiers de l’image"
    ),
    "/etc/fstab: {spec} for {path}: {error}": "/etc/fstab : {spec} pour {path} : {error}",
    "/{path}: larger than {fstab} bytes": "/{path} : plus de {fstab} octets",
    "no system was found: no file system has an os-release, or the registry of Windows": (
        "aucun système trouvé : aucun système de fichiers ne contient d’os-release ni de registre Windows"
    ),
    "several images with a container among them are no one machine": (
        "plusieurs images dont un conteneur ne forment pas une seule machine"
    ),
    "the image was not read whole: {why}": "l’image n’a pas été lue en entier : {why}",
    "two volume groups have the same name: {names}": "deux groupes de volumes portent le même nom : {names}",
    "{asked}: does not exist": "{asked} : n’existe pas",
    "{below}: is mounted from elsewhere, which the image does not hold": (
        "{below} : monté depuis un autre support, absent de l’image"
    ),
    "{full}: a disk of volume group {name} is missing; give all disks of the machine": (
        "{full} : il manque un disque du groupe de volumes {name} ; donnez tous les disques de la machine"
    ),
    "{full}: a snapshot, or merged with one, which is not read": (
        "{full} : instantané, ou fusion avec un instantané, non pris en charge"
    ),
    "{full}: extents {first} to {first_2} lie outside of {key}": (
        "{full} : les extents {first} à {first_2} sont en dehors de {key}"
    ),
    "{full}: its segments leave gaps or overlap": "{full} : ses segments laissent des trous ou se chevauchent",
    "{full}: made of other volumes, which is not read": "{full} : composé d’autres volumes, non pris en charge",
    "{full}: of type {kind}, which is not read": "{full} : de type {kind}, non pris en charge",
    "{full}: {count} of {count_2} segments": "{full} : {count} segments sur {count_2}",
    "{full}: {extents} extents over {count} stripes": "{full} : {extents} extents répartis sur {count} bandes",
    "{name}: VHD of type {kind}": "{name} : VHD de type {kind}",
    "{name}: a GPT of {count} entries with {width} bytes each": (
        "{name} : GPT de {count} entrées de {width} octets chacune"
    ),
    "{name}: a VHD of no bytes": "{name} : VHD de taille nulle",
    "{name}: a compressed cluster has subclusters": "{name} : un cluster compressé a des sous-clusters",
    "{name}: a compressed cluster is marked as copied": "{name} : un cluster compressé est marqué comme copié",
    "{name}: a descriptor of {size} bytes": "{name} : descripteur de {size} octets",
    "{name}: a descriptor with {count} extents": "{name} : descripteur avec {count} extents",
    "{name}: a disk of {size} bytes, blocks of {block} and sectors of {sector}": (
        "{name} : disque de {size} octets, blocs de {block} et secteurs de {sector}"
    ),
    "{name}: a header of {length} bytes": "{name} : en-tête de {length} octets",
    "{name}: a logical partition lies outside the extended one": (
        "{name} : une partition logique est en dehors de la partition étendue"
    ),
    "{name}: a physical volume of {size} bytes on {size_2}: the disk is cut": (
        "{name} : volume physique de {size} octets sur {size_2} : le disque est tronqué"
    ),
    "{name}: a piece of {size} bytes": "{name} : segment de {size} octets",
    "{name}: a subcluster is data and zero, or data without a place": (
        "{name} : un sous-cluster est à la fois données et zéros, ou contient des données sans emplacement"
    ),
    "{name}: a table of logical partitions leads to {count} others": (
        "{name} : une table de partitions logiques renvoie à {count} autres"
    ),
    "{name}: a volume without a proper name": "{name} : un volume sans nom valide",
    "{name}: an L1 table of {l1_entries} bytes; qcow2 has {max_l1} at most": (
        "{name} : table L1 de {l1_entries} octets ; qcow2 en admet {max_l1} au plus"
    ),
    "{name}: an L2 table does not begin with a cluster": "{name} : une table L2 ne commence pas au début d’un cluster",
    "{name}: an attribute of {node} is longer than any can be": (
        "{name} : un attribut de {node} dépasse la longueur possible"
    ),
    "{name}: an entry {entry} of an L2 table that qcow2 does not have": (
        "{name} : entrée {entry} d’une table L2, inconnue de qcow2"
    ),
    "{name}: an extent may not be read (NOACCESS)": "{name} : la lecture d’un extent est interdite (NOACCESS)",
    "{name}: an extent of type {kind}, which is not read": "{name} : extent de type {kind}, non pris en charge",
    "{name}: an extent that can't be understood: {words}": "{name} : extent incompréhensible : {words}",
    "{name}: an item of the VHDX metadata lies outside of them": (
        "{name} : un élément des métadonnées VHDX est en dehors de celles-ci"
    ),
    "{name}: block {index} is undefined, or in a state that VHDX does not have ({state})": (
        "{name} : le bloc {index} est indéfini, ou dans un état inconnu de VHDX ({state})"
    ),
    "{name}: block {index} lies in the header": "{name} : le bloc {index} se trouve dans l’en-tête",
    "{name}: clusters of 2^{bits} bytes; qcow2 has 2^9 to 2^21": (
        "{name} : clusters de 2^{bits} octets ; qcow2 admet 2^9 à 2^21"
    ),
    "{name}: compressed by method {method}, which is not known": (
        "{name} : compression par la méthode {method}, inconnue"
    ),
    "{name}: compression type {kind} is not known, or contradicts the feature bits": (
        "{name} : le type de compression {kind} est inconnu, ou contredit les bits de fonctionnalités"
    ),
    "{name}: entry {index} of the L1 table has reserved bits": (
        "{name} : l’entrée {index} de la table L1 utilise des bits réservés"
    ),
    "{name}: extents of {extent} bytes": "{name} : extents de {extent} octets",
    "{name}: grain {index} says that it is another one": "{name} : le grain {index} se présente comme un autre",
    "{name}: grains of {grain} sectors, {entries} in a table": (
        "{name} : grains de {grain} secteurs, {entries} par table"
    ),
    "{name}: incompatible features {incompatible} are not known": (
        "{name} : fonctionnalités incompatibles {incompatible} inconnues"
    ),
    "{name}: it became shorter while it was read": "{name} : le fichier a raccourci pendant la lecture",
    "{name}: it has a partition table, and is {kind} as well: which of them counts is open": (
        "{name} : contient une table de partitions, et est aussi {kind} : impossible de savoir ce qui compte"
    ),
    "{name}: it holds differences to another image; convert it to an image of its own": (
        "{name} : contient les différences avec une autre image ; convertissez ce fichier en image autonome"
    ),
    "{name}: it is encrypted": "{name} : chiffré",
    "{name}: it needs a backing file; convert it to an image of its own (qemu-img convert)": (
        "{name} : dépend d’un fichier de base (backing file) ; convertissez ce fichier en image autonome "
        "(qemu-img convert)"
    ),
    "{name}: it stands on a parent disk; convert it to an image of its own": (
        "{name} : dépend d’un disque parent ; convertissez ce fichier en image autonome"
    ),
    "{name}: it was not closed properly, its log must be replayed first (open it in Hyper-V)": (
        "{name} : n’a pas été fermé correctement, son journal doit d’abord être rejoué (ouvrez ce fichier dans Hyper-V)"
    ),
    "{name}: item {key} of the VHDX metadata is not known (or a parent: differences)": (
        "{name} : l’élément {key} des métadonnées VHDX est inconnu (ou désigne un parent : différences)"
    ),
    "{name}: its data lie in another file (external data file)": (
        "{name} : ses données sont dans un autre fichier (external data file)"
    ),
    "{name}: its descriptor speaks of other extents than this file": (
        "{name} : son descripteur désigne d’autres extents que ce fichier"
    ),
    "{name}: its tables are missing: the file is cut": "{name} : ses tables manquent : le fichier est tronqué",
    "{name}: marked as corrupt": "{name} : marqué comme corrompu",
    "{name}: marked as in use, so it was not closed properly": (
        "{name} : marqué comme en cours d’utilisation, donc mal fermé"
    ),
    "{name}: marked as in use, so it was not closed properly (qemu-img check -r all)": (
        "{name} : marqué comme en cours d’utilisation, donc mal fermé (qemu-img check -r all)"
    ),
    "{name}: no footer of VHD at its end: the file is cut": (
        "{name} : pas de pied de fichier VHD à la fin : le fichier est tronqué"
    ),
    "{name}: no footer of VHD at its end: the file is cut, or a raw disk by another name": (
        "{name} : pas de pied de fichier VHD à la fin : fichier tronqué, ou disque brut sous un autre nom"
    ),
    "{name}: no label of a physical volume": "{name} : pas d’étiquette de volume physique",
    "{name}: no table of logical partitions at sector {table}": (
        "{name} : pas de table de partitions logiques au secteur {table}"
    ),
    "{name}: not VDI of version 1.1": "{name} : n’est pas un VDI de version 1.1",
    "{name}: not VHDX": "{name} : n’est pas un VHDX",
    "{name}: not a regular file": "{name} : n’est pas un fichier ordinaire",
    "{name}: not qcow2 of version 2 or 3": "{name} : n’est pas un qcow2 de version 2 ou 3",
    "{name}: nothing is known of its volume group; give all disks of the machine": (
        "{name} : son groupe de volumes est inconnu ; donnez tous les disques de la machine"
    ),
    "{name}: of format {form}, which is not read; unpack it or convert it (qemu-img convert)": (
        "{name} : format {form} non pris en charge ; décompressez ou convertissez ce fichier (qemu-img convert)"
    ),
    "{name}: one extent of a disk; give the file with the descriptor instead": (
        "{name} : un seul extent d’un disque ; donnez plutôt le fichier qui contient le descripteur"
    ),
    "{name}: part of {spread}, which is not read": "{name} : appartient à {spread}, non pris en charge",
    "{name}: partition {index} ends before it begins": "{name} : la partition {index} se termine avant son début",
    "{name}: partition {number} overlaps what lies before it": (
        "{name} : la partition {number} chevauche ce qui la précède"
    ),
    "{name}: region {key} of VHDX is not known, doubled, or in the header": (
        "{name} : la région {key} du VHDX est inconnue, en double, ou dans l’en-tête"
    ),
    "{name}: sections of the LVM metadata are nested too deep": (
        "{name} : les sections des métadonnées LVM sont trop imbriquées"
    ),
    "{name}: subclusters need clusters of 16 KiB or more": (
        "{name} : les sous-clusters exigent des clusters d’au moins 16 Kio"
    ),
    "{name}: the GPT header at sector {place} is missing or damaged": (
        "{name} : l’en-tête GPT au secteur {place} est absent ou endommagé"
    ),
    "{name}: the L1 table does not begin with a cluster": "{name} : la table L1 ne commence pas au début d’un cluster",
    "{name}: the LVM metadata end too early": "{name} : les métadonnées LVM se terminent trop tôt",
    "{name}: the LVM metadata end within a section": (
        "{name} : les métadonnées LVM se terminent au milieu d’une section"
    ),
    "{name}: the LVM metadata have no number {key}": "{name} : les métadonnées LVM n’ont pas de nombre {key}",
    "{name}: the LVM metadata have no {key}": "{name} : les métadonnées LVM n’ont pas de {key}",
    "{name}: the LVM metadata lie outside of their area": "{name} : les métadonnées LVM sont en dehors de leur zone",
    "{name}: the LVM metadata name {key} twice": "{name} : les métadonnées LVM nomment {key} deux fois",
    "{name}: the MBR announces a GPT, which is missing or damaged": (
        "{name} : le MBR annonce une GPT, absente ou endommagée"
    ),
    "{name}: the VHDX header at {place} is damaged": "{name} : l’en-tête VHDX à {place} est endommagé",
    "{name}: the VHDX metadata lack an item": "{name} : il manque un élément dans les métadonnées VHDX",
    "{name}: the VHDX metadata table is damaged": "{name} : la table des métadonnées VHDX est endommagée",
    "{name}: the VHDX region table is damaged": "{name} : la table des régions VHDX est endommagée",
    "{name}: the VHDX region table lacks a region": "{name} : il manque une région dans la table des régions VHDX",
    "{name}: the areas of the physical volume have no end": "{name} : les zones du volume physique n’ont pas de fin",
    "{name}: the checksum of the GPT header at sector {place} is wrong": (
        "{name} : la somme de contrôle de l’en-tête GPT au secteur {place} est fausse"
    ),
    "{name}: the checksum of the GPT's entries at sector {entries} is wrong": (
        "{name} : la somme de contrôle des entrées GPT au secteur {entries} est fausse"
    ),
    "{name}: the checksum of the LVM metadata is wrong": "{name} : la somme de contrôle des métadonnées LVM est fausse",
    "{name}: the checksum of the VHD footer is wrong": (
        "{name} : la somme de contrôle du pied de fichier VHD est fausse"
    ),
    "{name}: the extent {name_2} has {size} bytes, and not {size_2}": (
        "{name} : l’extent {name_2} a {size} octets, et non {size_2}"
    ),
    "{name}: the extent {name_2} is missing": "{name} : l’extent {name_2} manque",
    "{name}: the extent {name_2} must lie beside the descriptor": (
        "{name} : l’extent {name_2} doit se trouver à côté du descripteur"
    ),
    "{name}: the file {node} ends before its size": "{name} : le fichier {node} se termine avant sa taille",
    "{name}: the folder {folder} has a name that can't be: {name_2}": (
        "{name} : le dossier {folder} contient un nom impossible : {name_2}"
    ),
    "{name}: the header of the LVM metadata is damaged": "{name} : l’en-tête des métadonnées LVM est endommagé",
    "{name}: the header of the VMDK extent is damaged, or of version {version}": (
        "{name} : l’en-tête de l’extent VMDK est endommagé, ou de version {version}"
    ),
    "{name}: the header of the dynamic VHD is damaged": "{name} : l’en-tête du VHD dynamique est endommagé",
    "{name}: the label of the physical volume is damaged": "{name} : l’étiquette du volume physique est endommagée",
    "{name}: the link {node} leads nowhere": "{name} : le lien {node} ne mène nulle part",
    "{name}: the same physical volume as {name_2}": "{name} : même volume physique que {name_2}",
    "{name}: the tables of logical partitions lead in a circle, or to too many": (
        "{name} : les tables de partitions logiques forment une boucle, ou sont trop nombreuses"
    ),
    "{name}: the two copies of the GPT differ": "{name} : les deux copies de la GPT diffèrent",
    "{name}: the two copies of the VHD footer differ": "{name} : les deux copies du pied de fichier VHD diffèrent",
    "{name}: the two copies of the VHDX region table differ": (
        "{name} : les deux copies de la table des régions VHDX diffèrent"
    ),
    "{name}: the two copies of the VMDK tables differ": "{name} : les deux copies des tables VMDK diffèrent",
    "{name}: the two headers of the VMDK extent differ": "{name} : les deux en-têtes de l’extent VMDK diffèrent",
    "{name}: two versions {number} of volume group {name_2}": (
        "{name} : deux versions {number} du groupe de volumes {name_2}"
    ),
    "{name}: {count} blocks of {block} bytes for a disk of {size}": (
        "{name} : {count} blocs de {block} octets pour un disque de {size}"
    ),
    "{name}: {count} columns of {length} bytes in stripes of {stripe}": (
        "{name} : {count} colonnes de {length} octets en bandes de {stripe}"
    ),
    "{name}: {entries} blocks do not fit into a table of {size} bytes": (
        "{name} : {entries} blocs ne tiennent pas dans une table de {size} octets"
    ),
    "{name}: {folder} is no folder": "{name} : {folder} n’est pas un dossier",
    "{name}: {grains} grains, which no extent has": "{name} : {grains} grains, plus qu’un extent ne peut en avoir",
    "{name}: {kind}": "{name} : {kind}",
    "{name}: {l1_entries} entries in the L1 table; a disk of {size} bytes needs {needed}": (
        "{name} : {l1_entries} entrées dans la table L1 ; un disque de {size} octets en demande {needed}"
    ),
    "{name}: {name_2} does not exist": "{name} : {name_2} n’existe pas",
    "{name}: {size} bytes at {offset} lie beyond its end at {size_2}": (
        "{name} : {size} octets à {offset} dépassent sa fin à {size_2}"
    ),
    "{name}: {token} has no meaning in the LVM metadata": "{name} : {token} n’a pas de sens dans les métadonnées LVM",
    "{name}: {what} can't be read: {error}": "{name} : impossible de lire {what} : {error}",
    "{path}: does not exist": "{path} : n’existe pas",
    "{path}: is mounted from elsewhere ({kind}), which the image does not hold": (
        "{path} : monté depuis un autre support ({kind}), absent de l’image"
    ),
    "{path}: not a directory": "{path} : n’est pas un dossier",
    "{path}: not a regular file": "{path} : n’est pas un fichier ordinaire",
    "{path}: too large to be read": "{path} : trop grand pour être lu",
    "{path}: {why}": "{path} : {why}",
    "{where}: the LVM metadata hold {count} volume groups, or one without a proper name": (
        "{where} : les métadonnées LVM contiennent {count} groupes de volumes, ou un groupe sans nom valide"
    ),
}
